/** Stands in for `cloudflare:workers`, which Node does not have. */
export class DurableObject {
  protected readonly ctx: unknown
  protected readonly env: unknown

  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx
    this.env = env
  }
}

export function waitUntil(): void {}
