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

/** No argument for a type without keys, and an optional argument for a type without required keys. */
export type Argument<T> = [keyof T] extends [never] ? [] : Record<never, never> extends T ? [value?: T] : [value: T]
