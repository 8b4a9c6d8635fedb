/** How many objects were made in this process. An increase shows that an object was evicted. */
export const instances = { made: 0 }
