import type { HandshakeResponse } from 'ws';
import { errorFromAnswer } from '../errors/from-answer.js';
import type { WallgentError } from '../errors/wallgent-error.js';
import type { OpenSocket } from './socket.js';

/** How long a server may take to say goodbye too. */
const CLOSE_TIMEOUT_MS = 2_000;
/** What is read of an answer that refuses: errors of the API are far shorter. */
const REFUSAL_CHARACTERS_MAX = 65_536;

/** Loads the package `ws`, which only Node has a use for, when it is needed: a bundler for browsers leaves it out. */
export async function loadWsSocket(): Promise<OpenSocket> {
  const { WebSocket } = await import('ws');
  return (handshake, listener) => {
    const socket = new WebSocket(handshake.url, {
      headers: Object.fromEntries(handshake.headers),
      followRedirects: false,
      perMessageDeflate: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
    });
    let cause: unknown;
    socket.on('open', () => {
      listener.opened();
    });
    socket.on('message', (data) => {
      listener.received(textOf(data));
    });
    socket.on('ping', (payload) => {
      listener.pinged(textOf(payload));
    });
    socket.on('unexpected-response', (_request, response) => {
      void readRefusal(response).then((error) => {
        listener.ended({ code: 1006, reason: '', error });
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      cause ??= error;
    });
    socket.on('close', (code, reason) => {
      listener.ended({ code, reason: textOf(reason), cause });
    });
    return {
      showsPings: true,
      close: () => {
        socket.close(1000);
      },
      cut: () => {
        socket.terminate();
      },
    };
  };
}

/** The error that an answer stands for. An answer that breaks off still tells by its status. */
async function readRefusal(response: HandshakeResponse): Promise<WallgentError | undefined> {
  const requestId = response.headers['x-request-id'];
  return errorFromAnswer({
    statusCode: response.statusCode ?? 0,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    body: await readJson(response),
  });
}

async function readJson(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of chunks) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > REFUSAL_CHARACTERS_MAX) return undefined;
    }
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}
