/** Many messages at once: what can be published is. */

import { GuestError, type BulkEntry, type BulkFailure, type Metadata } from "@plugbox/guest";
import type { Broker } from "./broker.js";
import { lifeOf } from "./settings.js";
import { checkTopic } from "./topic.js";

/** Publishes the entries in their order, as far as each can be, and answers one failure for each that cannot. */
export function bulkPublish(
  broker: Broker,
  topic: string,
  entries: readonly BulkEntry[],
  metadata: Metadata,
): BulkFailure[] {
  checkTopic(topic);
  lifeOf(metadata);
  const times = new Map<string, number>();
  for (const { entryId } of entries) {
    times.set(entryId, (times.get(entryId) ?? 0) + 1);
  }
  return entries.flatMap((entry) => {
    const { entryId } = entry;
    // An answer could not say which of several entries with one id it means, so none of them is published.
    const reason =
      entryId === ""
        ? "the entry has no id"
        : times.get(entryId) !== 1
          ? "several entries have this id"
          : publish(broker, topic, entry, metadata);
    return reason === undefined ? [] : [{ entryId, reason }];
  });
}

/** Answers why it failed, if it did. What the request says holds where the entry does not say otherwise. */
function publish(broker: Broker, topic: string, entry: BulkEntry, metadata: Metadata): string | undefined {
  const { data, contentType } = entry;
  try {
    broker.publish({ topic, data, contentType, metadata: { ...metadata, ...entry.metadata } });
    return undefined;
  } catch (failure) {
    if (failure instanceof GuestError) {
      return failure.message;
    }
    throw failure;
  }
}
