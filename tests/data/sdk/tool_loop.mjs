// A streaming tool loop, written twice: with the SDK's tool runner and by hand. Prints one JSON document.
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";

// Address and token come from ANTHROPIC_BASE_URL and ANTHROPIC_AUTH_TOKEN.
const client = new Anthropic({ maxRetries: 0, timeout: 30_000 });
const [, , model] = process.argv;
const schema = {
  type: "object",
  properties: { file_path: { type: "string" } },
  required: ["file_path"],
  additionalProperties: false,
};
const ask = [{ role: "user", content: "Read /a and /b, then /c." }];
const read = (path) => `content of ${path}`;

async function withRunner() {
  const ran = [];
  const tool = betaTool({
    name: "Read",
    description: "Read a file.",
    inputSchema: schema,
    run: ({ file_path }) => {
      ran.push(file_path);
      return read(file_path);
    },
  });
  const runner = client.beta.messages.toolRunner({
    model,
    max_tokens: 2000,
    messages: ask,
    tools: [tool],
    stream: true,
  });
  const events = [];
  for await (const stream of runner) {
    for await (const event of stream) events.push(event.type);
  }
  const message = await runner.done();
  return { ran, text: textOf(message), stop_reason: message.stop_reason, starts: countOf(events, "message_start") };
}

async function byHand() {
  const messages = [...ask];
  const ran = [];
  let streamed = "";
  const thinking = [];
  for (let round = 0; round < 5; round += 1) {
    const stream = client.messages
      .stream({ model, max_tokens: 2000, messages, tools: [{ name: "Read", description: "Read a file.", input_schema: schema }] })
      .on("text", (delta) => (streamed += delta));
    const message = await stream.finalMessage();
    thinking.push(...message.content.filter((block) => block.type === "thinking").map((block) => block.thinking));
    messages.push({ role: "assistant", content: message.content });
    const calls = message.content.filter((block) => block.type === "tool_use");
    if (message.stop_reason !== "tool_use") {
      return { ran, text: textOf(message), streamed, thinking, usage: message.usage, model: message.model };
    }
    ran.push(...calls.map((call) => call.input.file_path));
    messages.push({
      role: "user",
      content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: read(call.input.file_path) })),
    });
  }
  throw new Error("the loop did not end");
}

async function refused() {
  const stranger = client.withOptions({ authToken: "somebody-else" });
  try {
    await stranger.messages.create({ model, max_tokens: 10, messages: ask });
    return null;
  } catch (error) {
    return { is_authentication_error: error instanceof Anthropic.AuthenticationError, status: error.status };
  }
}

const textOf = (message) => message.content.filter((block) => block.type === "text").map((block) => block.text).join("");
const countOf = (list, wanted) => list.filter((item) => item === wanted).length;

const counted = await client.messages.countTokens({ model, messages: ask });
const document = { runner: await withRunner(), by_hand: await byHand(), counted: counted.input_tokens, refused: await refused() };
console.log(JSON.stringify(document));
