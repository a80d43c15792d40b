import type { Logger } from '../options.js';
import type { EventData, EventOf, EventType, WallgentEvent } from './events.js';

/** Options of `WallgentRealtime`; everything is optional. */
export interface RealtimeOptions {
  /** Begins behind this sequence, with whatever happened since: a program that was down misses nothing. */
  after?: number | undefined;
  /** How long a connection may take to open, in milliseconds; 30,000 by default. */
  timeout?: number | undefined;
  /** Told of every connection and of every one that was lost. Nothing is logged without one. */
  logger?: Logger | undefined;
}

/** Gets the `data` of each event of a type, and beside it the whole event. */
export type RealtimeHandler<Type extends EventType> = (
  data: EventData[Type],
  event: EventOf<Type>,
) => unknown;

/** `data` of any event, with the type of the event among it: `if (data._event === 'wallet.funded') data.newBalance`. */
export type RealtimeWildcardData = {
  [Type in EventType]: EventData[Type] & { _event: Type };
}[EventType];

/** Gets every event. */
export type RealtimeWildcardHandler = (data: RealtimeWildcardData, event: WallgentEvent) => unknown;

/**
 * Gets what went wrong with nobody to throw it at. With an `event`, its handler threw this, and the stream goes on. Without
 * one, this ended the stream: {@link ApiKeyRevokedError} and other refusals, or {@link WallgentConnectionError} when no
 * attempt to connect again succeeded.
 */
export type RealtimeErrorHandler = (error: Error, event?: WallgentEvent) => unknown;
