/** The messages from now on, until `closed` is settled; at most `bufferSize` of them wait for the loop. */
export function loopOver<In>(
  onMessage: (listener: (message: In) => void) => () => void,
  closed: Promise<unknown>,
  bufferSize: number,
): AsyncGenerator<In, void> {
  const queue: In[] = []
  let isClosed = false
  let wake = () => {}
  const off = onMessage((message) => {
    if (queue.push(message) > bufferSize) off()
    wake()
  })
  const end = () => {
    isClosed = true
    wake()
  }
  void closed.then(end)
  // A generator function would begin with the first `next`, and miss the messages before.
  const loop = (async function* () {
    try {
      while (queue.length > 0 || !isClosed) {
        if (queue.length > bufferSize) throw new RangeError(`${bufferSize} messages wait already`)
        if (queue.length > 0) yield queue.shift() as In
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      off()
    }
  })()
  const finish = loop.return.bind(loop)
  // That of a generator waits for the next message while the loop does, and does nothing before the first `next`.
  loop.return = (value) => {
    off()
    end()
    return finish(value)
  }
  return loop
}
