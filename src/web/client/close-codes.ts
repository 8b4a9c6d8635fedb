/** The meaning of a code by RFC 6455, section 7.4, and the IANA registry, and when Sluice or a browser uses it. */
const meanings = new Map([
  [1000, "Normal: the flow has completed, or one side has closed on purpose"],
  [1001, "Going away: the browser has left its page, or the client was idle for longer than the server allows"],
  [1002, "Protocol error: the other side has sent what WebSocket does not allow"],
  [1003, "Unsupported data: the endpoint cannot read such a message"],
  [1005, "No code: the Close frame came without one, so 1005 itself was never sent"],
  [
    1006,
    "No Close frame: the connection was lost. This is also what a browser reports when the server refused the " +
      "upgrade, for example with 403; only the network panel shows that status",
  ],
  [1007, "Invalid data: a text message was not UTF-8"],
  [1008, "Policy violation: for example more messages a second than the endpoint allows"],
  [1009, "Message too big: it was larger than the endpoint allows"],
  [1010, "Missing extension: the client needs an extension that the server does not have"],
  [1011, "Internal error: the flow has failed, and the cause is in the server's log"],
  [1012, "Service restart: connect again, for example because a deploy has changed the flow"],
  [1013, "Try again later: the server cannot keep up with the client, or the client with the server"],
  [1014, "Bad gateway: a proxy got no valid answer from the server behind it"],
  [1015, "TLS failed: this code, too, is never sent"],
])

/** The meaning of a close code, in a sentence. */
export function closeMeaning(code: number): string {
  const meaning = meanings.get(code)
  if (meaning) return meaning
  if (code >= 3000 && code < 4000) return "Registered: a library or framework gives it its meaning"
  if (code >= 4000 && code < 5000) return "Private use: the application gives it its meaning"
  return "Reserved: the protocol gives it no meaning yet"
}
