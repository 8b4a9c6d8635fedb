import { type AppRoute, innermost, merged, type RoutedRequest } from "./address.ts"

/** The part of an app that is used: all its routes, including those of mounted apps. */
interface App {
  readonly routes: readonly AppRoute[]
}

/** The most apps that are kept. Only apps that are made anew for each request exceed it. */
const mostApps = 16

/** The apps that a route was put on. They determine its whole path, by `basePath`, and by their mounts. */
export class Mounts {
  /** Each app with the path that the route has in it. */
  private readonly apps: { app: App; registered: string }[] = []

  constructor(private readonly path: string) {}

  /** The app has the route now, as the last of its routes. */
  add(app: App): void {
    this.apps.push({ app, registered: app.routes.at(-1)?.path ?? this.path })
    if (this.apps.length > mostApps) this.apps.shift()
  }

  /**
   * The whole path for the current handler, with the mount of the app that both belong to. A route that was put on no app is taken to
   * belong to the app of the handler. A `TypeError` where the route's app does not have the handler: it may be mounted anywhere.
   */
  pathFor({ matchedRoutes = [], routeIndex = 0 }: RoutedRequest): string {
    const here = matchedRoutes[routeIndex]
    if (!here) return this.ownPath
    if (this.apps.length === 0) return merged(here.basePath, this.path)
    const paths = this.apps.flatMap(({ app, registered }) =>
      mountsOf(app, here).map((mount) => merged(mount, registered)),
    )
    const [longest] = paths.toSorted((left, right) => right.length - left.length)
    if (longest !== undefined) return longest
    throw new TypeError(
      `The app of the route ${this.path} does not have the handler that asks for its URL: say where that app is mounted, with under(prefix)`,
    )
  }

  /** The path in its only app; outside a handler the mounts are unknown. */
  private get ownPath(): string {
    const [first, ...others] = this.apps
    return (others.length === 0 && first?.registered) || merged("/", this.path)
  }
}

/** The mounts of an app in the app that has matched the request, found by a handler that both have. */
function mountsOf(app: App, here: AppRoute): string[] {
  const handler = innermost(here.handler)
  return app.routes
    .filter((listed) => innermost(listed.handler) === handler)
    .flatMap(({ path, basePath }) => {
      const start = path === "/" ? here.path : here.path.slice(0, -path.length)
      const mounts = [start || "/", `${start}/`]
      const fits = (mount: string) => merged(mount, path) === here.path && merged(mount, basePath) === here.basePath
      return mounts.filter(fits).slice(0, 1)
    })
}
