/** How many objects were made in this process: one more is one that was evicted meanwhile. */
export const instances = { made: 0 }
