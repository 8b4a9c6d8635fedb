/** A route of a Hono app, as `app.routes` and `c.req.matchedRoutes` list them. */
interface Listed {
  readonly path: string
  readonly basePath: string
  readonly handler: object
}

/** The part of an app that is used: its routes, including those of the apps mounted in it. */
interface App {
  readonly routes: readonly Listed[]
}

/** The part of a request that tells which handler asks for a URL. */
export interface Asking {
  readonly url: string
  readonly matchedRoutes?: readonly Listed[]
  readonly routeIndex?: number
  param?(name: string): string | undefined
}

/** How many apps to remember. Only code that creates an app per request puts a route on more. */
const mostApps = 16

/** The apps that a route was put on. They tell the prefix of its path: `basePath`, and where they are mounted. */
export class Mounts {
  private readonly apps: { app: App; base: string }[] = []

  constructor(private readonly path: string) {}

  /** To be called when the route is the last of the app's routes. */
  add(app: App): void {
    const registered = trimmed(app.routes.at(-1)?.path ?? this.path)
    this.apps.push({ app, base: registered.slice(0, registered.length - trimmed(this.path).length) })
    if (this.apps.length > mostApps) this.apps.shift()
  }

  /**
   * The prefix of the path for the handler that asks: where the app that has both the route and the handler is mounted. A route that
   * was put on no app counts as one of the handler's app.
   *
   * @throws a `TypeError` if the route's app does not have the handler, because that app may be mounted anywhere
   */
  prefixFor({ matchedRoutes = [], routeIndex = 0 }: Asking): string {
    const asking = matchedRoutes[routeIndex]
    if (!asking) return this.ownBase
    if (this.apps.length === 0) return trimmed(asking.basePath)
    const prefixes = this.apps.flatMap(({ app, base }) => mountsOf(app, asking).map((mount) => mount + base))
    const [longest] = prefixes.toSorted((left, right) => right.length - left.length)
    if (longest !== undefined) return longest
    throw new TypeError(
      `The app of the route ${this.path} does not have the handler that asks for its URL: say where that app is mounted, with under(prefix)`,
    )
  }

  /** The `basePath` of its only app, for URLs outside of a handler; empty if there are several apps. */
  get ownBase(): string {
    const [first, ...others] = this.apps
    return others.length === 0 ? (first?.base ?? "") : ""
  }
}

/** The paths at which an app is mounted in the app that matched the request, found by a handler that both have. */
function mountsOf(app: App, asking: Listed): string[] {
  const handler = innermost(asking.handler)
  const whole = trimmed(asking.path)
  return app.routes
    .filter((listed) => innermost(listed.handler) === handler && whole.endsWith(trimmed(listed.path)))
    .map(({ path }) => whole.slice(0, whole.length - trimmed(path).length))
}

/** Hono wraps the handlers of an app that has its own error handler, and keeps the handler in this property. */
function innermost(handler: { __COMPOSED_HANDLER?: object }): object {
  return handler.__COMPOSED_HANDLER ? innermost(handler.__COMPOSED_HANDLER) : handler
}

/** A path without a slash at its end. */
export function trimmed(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path
}
