import { type Asking, innermost, type Listed, trimmed } from "./address.ts"

/** The part of an app that is used: all its routes, including those of mounted apps. */
interface App {
  readonly routes: readonly Listed[]
}

/** The most apps that are kept. Only apps that are made anew for each request exceed it. */
const mostApps = 16

/** The apps that a route was put on. They determine the prefix of its path: `basePath`, and their mounts. */
export class Mounts {
  private readonly apps: { app: App; base: string }[] = []

  constructor(private readonly path: string) {}

  /** The app has the route now, as the last of its routes. */
  add(app: App): void {
    const registered = trimmed(app.routes.at(-1)?.path ?? this.path)
    this.apps.push({ app, base: registered.slice(0, registered.length - trimmed(this.path).length) })
    if (this.apps.length > mostApps) this.apps.shift()
  }

  /**
   * The prefix of the path for the current handler: the mount of the app that both belong to. A route that was put on no app
   * is taken to belong to the app of the handler. A `TypeError` where the route's app does not have the handler: it may be mounted
   * anywhere.
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

  /** The `basePath` of its only app; outside a handler the mounts are unknown. */
  private get ownBase(): string {
    const [first, ...others] = this.apps
    return others.length === 0 ? (first?.base ?? "") : ""
  }
}

/** The mounts of an app in the app that has matched the request, found by a handler that both have. */
function mountsOf(app: App, asking: Listed): string[] {
  const handler = innermost(asking.handler)
  const whole = trimmed(asking.path)
  return app.routes
    .filter((listed) => innermost(listed.handler) === handler && whole.endsWith(trimmed(listed.path)))
    .map(({ path }) => whole.slice(0, whole.length - trimmed(path).length))
}
