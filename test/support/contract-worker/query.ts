/** The query of an address; `id` is that of the test. */
export type Query = Partial<Record<string, string>>
