export { ChatRoom } from "./chat-room.ts"

export default { fetch: () => new Response("Objects only", { status: 404 }) }
