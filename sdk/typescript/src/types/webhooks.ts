import type { PageParams } from '../pagination.js';
import type { EventPattern, EventType, WallgentEvent } from './events.js';

/** Whether events are sent to it. */
export type WebhookStatus = 'ENABLED' | 'DISABLED';

/** An address that events are sent to. Times are ISO 8601 UTC. */
export interface Webhook {
  /** `hook_…` */
  id: string;
  url: string;
  /** What it is told of. */
  events: EventPattern[];
  /** Whether events are sent to it. */
  enabled: boolean;
  description: string | null;
  /** The same as `enabled`, in words. */
  status: WebhookStatus;
  /** Why it is disabled though nobody asked for it: its receiver answered 410 (`GONE`), or only failed for days (`FAILING`). */
  disabledReason: 'GONE' | 'FAILING' | null;
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `webhooks.create`. */
export interface CreateWebhookParams {
  /** An https address; under `wallgent dev` http and this machine as well. */
  url: string;
  /** Types of events, families (`payment.*`), or `*`: at least one. */
  events: EventPattern[];
  /** `true` by default. */
  enabled?: boolean | undefined;
  /** What it is for, up to 1,024 characters. */
  description?: string | null | undefined;
  idempotencyKey?: string | undefined;
}

/** Answer of `webhooks.create` and `webhooks.rotateSecret`. */
export interface WebhookWithSecret extends Webhook {
  /** What its deliveries are signed with, `whsec_…`. Shown this once: save it now. */
  secret: string;
}

/** Parameters of `webhooks.update`: what is left out stays as it is. */
export interface UpdateWebhookParams {
  url?: string | undefined;
  /** Replaces the whole list. */
  events?: EventPattern[] | undefined;
  /** `true` also brings back one that was disabled by itself. What happened meanwhile is sent then. */
  enabled?: boolean | undefined;
  description?: string | null | undefined;
}

/** Answer of `webhooks.test`. */
export interface WebhookTest {
  /** The event that was sent, `evt_…`. */
  id: string;
  /** Whether it was answered with 2xx. */
  delivered: boolean;
  /** What it was answered with; `null` when there was no answer. */
  statusCode: number | null;
  durationMs: number;
  /** The same as `durationMs`. */
  duration: number;
  /** Why it was not delivered. */
  error: string | null;
}

/** One attempt to deliver an event. */
export interface WebhookDelivery {
  /** `dlv_…` */
  id: string;
  webhookId: string;
  eventId: string;
  eventType: EventType;
  status: 'SUCCEEDED' | 'FAILED';
  /** Which attempt it was at this event, from 1. */
  attempt: number;
  /** What it was answered with; `null` when there was no answer. */
  statusCode: number | null;
  durationMs: number;
  /** Why it failed. */
  error: string | null;
  /** The first 2 KiB of the answer. */
  response: string | null;
  createdAt: string;
}

/** An event that could not be delivered in all of its attempts. */
export interface DeadLetter {
  /** `dlq_…` */
  id: string;
  webhookId: string;
  eventId: string;
  eventType: EventType;
  /** How often it was tried. */
  attempts: number;
  lastAttemptAt: string;
  /** When it is tried again; `null` until somebody asks for it. */
  nextRetryAt: string | null;
  /** Why the last attempt failed. */
  lastError: string;
  /** The event, as it is sent. */
  payload: WallgentEvent;
  createdAt: string;
}

/** Parameters of `webhooks.listDeadLetters`. */
export interface ListDeadLettersParams {
  /** 1–100; 20 by default. */
  limit?: number | undefined;
  /** How many to skip. */
  offset?: number | undefined;
}

/** Answer of `webhooks.listDeadLetters`. */
export interface DeadLetters {
  data: DeadLetter[];
  /** How many there are in all. */
  total: number;
}

/** Answer of `webhooks.retryDeadLetter`. */
export interface RetriedDeadLetter {
  id: string;
  status: 'PENDING';
  retried: boolean;
}

/** Answer of `webhooks.discardDeadLetter`. */
export interface DiscardedDeadLetter {
  id: string;
  status: 'FAILED';
  discarded: boolean;
}

/** A type of event, explained. */
export interface EventTypeDescription {
  type: EventType;
  /** When it happens. */
  description: string;
  /** One as it could be. */
  sample: WallgentEvent;
}

/** Parameters of `webhooks.listDeliveries`. */
export type ListDeliveriesParams = PageParams;

/** The headers of a request as they arrived: of the platform's `Headers`, of Node's `request.headers`, or as a plain object. */
export type WebhookHeaders =
  Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Options of `webhooks.unwrap`. */
export interface UnwrapWebhookOptions {
  /** How far the sender's clock and this one may differ, in seconds; 300 by default. */
  tolerance?: number | undefined;
}

/** Options of `webhooks.sign`. */
export interface SignWebhookOptions {
  /** `webhook-id`; a new one by default. */
  id?: string | undefined;
  /** When it is sent; now by default. */
  timestamp?: Date | undefined;
}

/** Answer of `webhooks.sign`: the headers of a delivery. */
export interface SignedWebhookHeaders extends Record<string, string> {
  'content-type': string;
  'wallgent-signature': string;
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}
