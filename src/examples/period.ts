export const invalidPeriod = "every must be a whole number of milliseconds from 100 to 60000"

/** The period in a query, in milliseconds; `undefined` for an invalid one. */
export function period(every: string): number | undefined {
  return /^\d+$/.test(every) && Number(every) >= 100 && Number(every) <= 60_000 ? Number(every) : undefined
}
