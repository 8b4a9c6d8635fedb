export { asyncApi } from "./asyncapi/async-api.ts"
export {
  type AsyncApiDocument,
  type AsyncApiInfo,
  asyncApiDocument,
  type ChannelObject,
  type DescribedProtocol,
} from "./asyncapi/document.ts"
export type { MessageObject } from "./asyncapi/messages.ts"
