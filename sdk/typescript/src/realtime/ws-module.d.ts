// The part of the package `ws` that is used here. Its own types need those of Node, and with them the compiler would no
// longer see what the other platforms lack.
declare module 'ws' {
  export interface HandshakeResponse extends AsyncIterable<Uint8Array> {
    statusCode?: number;
    headers: Readonly<Record<string, string | string[] | undefined>>;
  }

  export class WebSocket {
    constructor(
      url: string,
      options: {
        headers: Record<string, string>;
        followRedirects: boolean;
        perMessageDeflate: boolean;
        closeTimeout: number;
      },
    );
    on(event: 'open', listener: () => void): this;
    on(event: 'message' | 'ping', listener: (data: Uint8Array) => void): this;
    on(event: 'close', listener: (code: number, reason: Uint8Array) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(
      event: 'unexpected-response',
      listener: (request: unknown, response: HandshakeResponse) => void,
    ): this;
    close(code: number): void;
    terminate(): void;
  }
}
