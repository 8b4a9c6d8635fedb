import { Flow } from "sluice"

// #region module
let count = 0

export const counting = () => Flow.of<string>().map((message) => `${++count}: ${message}`)
// #endregion
