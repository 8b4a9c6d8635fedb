import { Chat } from "./chat.ts"
import { startCookieForm } from "./cookie.ts"
import { readHash } from "./hash.ts"
import { followPageCache } from "./page-cache.ts"
import { Picker } from "./picker.ts"
import { randomId } from "./random-id.ts"
import { Segment } from "./segment.ts"
import { Trial } from "./trial.ts"

/** The id in the link to this page if it is that of an object, else a random one. */
function ownId(): string {
  const { handler, segment } = readHash()
  const field = document.querySelector(`[data-name="${CSS.escape(handler)}"] [data-random]`)
  return (field && segment) || randomId()
}

const picker = new Picker()
const own = ownId()
for (const root of document.querySelectorAll<HTMLElement>(".handler")) {
  const name = root.dataset.name ?? ""
  const segment = root.querySelector("[name=segment]") ? new Segment(root, name, own) : undefined
  const changed = () => picker.mark(name)
  picker.add(
    name,
    root,
    root.querySelector(".member") ? new Chat(root, segment, changed) : new Trial(root, segment, changed),
  )
}
startCookieForm()
followPageCache(picker.views.flatMap(({ clients }) => clients))
picker.start()
