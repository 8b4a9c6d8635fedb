export type { UrlBase } from "./routing/address.ts"
export type { Params, Query } from "./routing/params.ts"
export { Route, route } from "./routing/route.ts"
