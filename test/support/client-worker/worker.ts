import { talk } from "../client-talk.ts"

/** Exchanges messages with the server at `?base=`. */
export default {
  async fetch(request: Request): Promise<Response> {
    return Response.json(await talk(new URL(request.url).searchParams.get("base") ?? ""))
  },
}
