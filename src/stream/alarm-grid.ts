/**
 * What waits without an event, such as a live source, sets an alarm on this grid, in milliseconds: after an eviction the alarm wakes its
 * object. All of an object share the times of the grid.
 */
const alarmGrid = 10_000

/** The time of this alarm, 10 to 20 seconds after `now`. */
export function nextAlarm(now: number): number {
  return (Math.floor(now / alarmGrid) + 2) * alarmGrid
}
