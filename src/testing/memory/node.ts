import { MissingRuntimeError } from "../errors.ts"

/** The part of `node:sqlite` that is used. */
export interface Sqlite {
  DatabaseSync: new (path: string) => Database
}

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
}

export interface Statement {
  all(...values: unknown[]): Record<string, unknown>[]
  columns(): { name: string }[]
  setReturnArrays?(returnsArrays: boolean): void
  setReadBigInts(readsBigInts: boolean): void
}

/** The part of `node:v8` that is used. */
export interface V8 {
  Serializer: new () => {
    writeHeader(): void
    writeValue(value: unknown): boolean
    releaseBuffer(): Uint8Array
    _getDataCloneError: (message: string) => Error
  }
  Deserializer: new (buffer: Uint8Array) => { readHeader(): boolean; readValue(): unknown }
}

interface Process {
  getBuiltinModule?(name: string): unknown
  versions?: { node?: string }
}

/**
 * A module of Node. Throws a `MissingRuntimeError` without it. It is not imported, so that the kit can be loaded outside of Node.
 *
 * @param needed the start of the error: the feature that needs the module, and the versions of Node that have it
 */
export function nodeModule<T>(name: string, needed: string): T {
  const process: Process | undefined = Reflect.get(globalThis, "process")
  const found = process?.getBuiltinModule?.(name)
  if (found) return found as T
  const node = process?.versions?.node
  throw new MissingRuntimeError(
    `${needed}, and this is ${node ? `Node ${node}` : "no Node"}. In workerd use sluice/testing/workerd instead`,
  )
}
