export { type Params, type Query, Route, route, type UrlBase } from "./routing/route.ts"
