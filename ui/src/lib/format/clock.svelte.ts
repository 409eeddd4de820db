import { createSubscriber } from 'svelte/reactivity';

/** The time on the screen: ticks once a second, and only while something on the screen reads it. */
class Clock {
  #follow = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Unix milliseconds. */
  get now(): number {
    this.#follow();
    return Date.now();
  }
}

export const clock = new Clock();
