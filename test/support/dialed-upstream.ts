import { expect } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import type { ClientFlowOptions } from "../../src/socket/client-options.ts"
import { type Codec, text } from "../../src/socket/codec.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { FakeUpstream } from "../socket/fake-upstream.ts"

export const backoff = { minBackoff: 1000, maxBackoff: 8000, randomFactor: 0 }

export function dialedWith<In, Out>(codec: Codec<In, Out>, options: ClientFlowOptions<Out> = {}) {
  const upstream = new FakeUpstream()
  const url = "wss://upstream.example/feed?token=1"
  const flow = () => webSocketClientFlow(url, codec, { fetch: upstream.fetch, ...options })
  return { upstream, flow, probe: Probe.flow(flow) }
}

export async function openedWith<In, Out>(codec: Codec<In, Out>, options?: ClientFlowOptions<Out>) {
  const dialed = dialedWith(codec, options)
  return { ...dialed, socket: await dialed.upstream.accept() }
}

export const dialed = (options?: ClientFlowOptions<string>) => dialedWith(text, options)
export const opened = (options?: ClientFlowOptions<string>) => openedWith(text, options)

export const failedWith = (code: number, reason: string) => ({ failed: expect.objectContaining({ code, reason }) })
