/** Called when the author uses the object's storage. */
export interface StorageHost {
  /** Runs a synchronous transaction of the author's. */
  transactionSync<T>(run: () => T): T
  /** An asynchronous transaction of the author's begins. Pass the result to `endTransaction`. */
  beginTransaction(): number
  endTransaction(begun: number, isCommitted: boolean): void
  /** Everything is about to be deleted. */
  beforeDeleteAll(): void
  afterDeleteAll(): void
  /** The author has set the alarm to a time, or deleted it (`Infinity`). */
  alarmChanged(time: number): void
}

type Shared = "deleteAll" | "setAlarm" | "deleteAlarm" | "transaction" | "transactionSync"

/** The observed methods of storage, as the runtime has them. */
export type OwnStorage = Pick<DurableObjectStorage, Shared>

/**
 * Observes the author's use of `ctx.storage`, because the alarm, cells and rows of this package are in it too: `deleteAll` deletes
 * the rows, `setAlarm` replaces the alarm, and a rollback undoes the `set` of a cell. Replaces the methods on this one storage
 * object. Its prototype and other objects stay unchanged.
 *
 * @returns the original methods
 */
export function shareStorage(storage: DurableObjectStorage, host: StorageHost): OwnStorage {
  const own = ownMethods(storage)
  const replacements: OwnStorage = {
    transactionSync: (closure) => host.transactionSync(() => own.transactionSync(closure)),

    async transaction(closure) {
      let isRolledBack = false
      const begun = host.beginTransaction()
      try {
        return await own.transaction((transaction) => {
          const onRollback = () => {
            isRolledBack = true
          }
          shareTransaction(transaction, host, onRollback)
          return closure(transaction)
        })
      } catch (error) {
        isRolledBack = true
        throw error
      } finally {
        host.endTransaction(begun, !isRolledBack)
      }
    },

    async deleteAll(options) {
      host.beforeDeleteAll()
      const deleted = own.deleteAll(options)
      host.afterDeleteAll()
      await deleted
    },

    async setAlarm(time, options) {
      const set = own.setAlarm(time, options)
      host.alarmChanged(new Date(time).getTime())
      await set
    },

    async deleteAlarm(options) {
      const deleted = own.deleteAlarm(options)
      host.alarmChanged(Infinity)
      await deleted
    },
  }
  replace(storage, replacements)
  return own
}

/** Observes the methods of a transaction, which can set the alarm too. */
function shareTransaction(transaction: DurableObjectTransaction, host: StorageHost, onRollback: () => void): void {
  const own: DurableObjectTransaction = Object.getPrototypeOf(transaction)
  const replacements: Pick<DurableObjectTransaction, "rollback" | "setAlarm" | "deleteAlarm"> = {
    rollback() {
      onRollback()
      own.rollback.call(transaction)
    },

    async setAlarm(time, options) {
      const set = own.setAlarm.call(transaction, time, options)
      host.alarmChanged(new Date(time).getTime())
      await set
    },

    async deleteAlarm(options) {
      const deleted = own.deleteAlarm.call(transaction, options)
      host.alarmChanged(Infinity)
      await deleted
    },
  }
  replace(transaction, replacements)
}

function replace(target: object, replacements: object): void {
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  }
}

function ownMethods(storage: DurableObjectStorage): OwnStorage {
  const prototype: DurableObjectStorage = Object.getPrototypeOf(storage)
  return {
    deleteAll: (options) => prototype.deleteAll.call(storage, options),
    setAlarm: (time, options) => prototype.setAlarm.call(storage, time, options),
    deleteAlarm: (options) => prototype.deleteAlarm.call(storage, options),
    transaction: (closure) => prototype.transaction.call(storage, closure) as ReturnType<typeof closure>,
    transactionSync: (closure) => prototype.transactionSync.call(storage, closure) as ReturnType<typeof closure>,
  }
}
