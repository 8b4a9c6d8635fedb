/** The names of the params in a path such as `/items/:id`; those with a `?` may be left out. */
type Names<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? NameOf<Segment> | Names<Rest>
  : NameOf<Path>
/** The name alone, without its pattern: that of `:id{[0-9]+}?` is `id?`. */
type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name extends `${infer Before}{${string}`
    ? Name extends `${string}?`
      ? `${Before}?`
      : Before
    : Name
  : never

/** The value of a param of a path or of a query. */
export type Value = string | number | boolean
/** The params of a path, by name. */
export type Params<Path extends string> = {
  [Name in Names<Path> as Name extends `${string}?` ? never : Name]: Value
} & {
  [Name in Names<Path> as Name extends `${infer Optional}?` ? Optional : never]?: Value
}
/** The values of a query. */
export type Query = Record<string, Value | undefined>

/** An argument that is not there where it would have nothing in it, and can be left out where nothing is required. */
export type Argument<T> = [keyof T] extends [never] ? [] : Record<never, never> extends T ? [value?: T] : [value: T]
