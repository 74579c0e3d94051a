/** Names of topics, and which of them a subscription's topic stands for. */

import { InvalidArgument } from "@plugbox/guest";

/** Any one level. */
const ANY = "+";
/** This level and all after it, and also none at all. */
const REST = "#";

/** The topic of a subscription, with or without wildcards. */
export class TopicFilter {
  readonly topic: string;
  /** None for a plain name. */
  readonly #levels: readonly string[] | undefined;

  constructor(topic: string) {
    if (topic === "") {
      throw new InvalidArgument("the topic is empty");
    }
    const levels = topic.split("/");
    if (levels.indexOf(REST) !== -1 && levels.indexOf(REST) !== levels.length - 1) {
      throw new InvalidArgument(
        `in the topic ${JSON.stringify(topic)} a level follows the wildcard #, which stands for all levels to the end`,
      );
    }
    this.topic = topic;
    this.#levels = levels.some(isWildcard) ? levels : undefined;
  }

  matches(topic: string): boolean {
    if (this.#levels === undefined) {
      return topic === this.topic;
    }
    const names = topic.split("/");
    for (const [place, level] of this.#levels.entries()) {
      if (level === REST) {
        return true;
      }
      if (place >= names.length || (level !== ANY && level !== names[place])) {
        return false;
      }
    }
    return names.length === this.#levels.length;
  }
}

/** Throws where no message can be published to a topic of this name. */
export function checkTopic(name: string): void {
  if (name === "") {
    throw new InvalidArgument("the topic is empty");
  }
  const level = name.split("/").find(isWildcard);
  if (level !== undefined) {
    throw new InvalidArgument(
      `the topic ${JSON.stringify(name)} has the wildcard ${level} as a level, which only a subscription can have`,
    );
  }
}

function isWildcard(level: string): boolean {
  return level === ANY || level === REST;
}
