/** Stands in for `cloudflare:workers` where there is none. */
export class DurableObject {
  constructor(
    protected readonly ctx: unknown,
    protected readonly env: unknown,
  ) {}
}

/** What is waited for goes on by itself. */
export function waitUntil(): void {}
