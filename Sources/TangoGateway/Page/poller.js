// Periodic requests: one at a time, and none while the page is hidden.

/** Longest pause after failures, in milliseconds. */
const longestPause = 15_000;

export class Poller {
  /**
   * @param work one round of requests, called with an AbortSignal. If it throws, it is called again after a pause that grows.
   * @param report called after each round with `{ failures, pause, error }`.
   */
  constructor(work, period, report = () => {}) {
    this.work = work;
    this.period = period;
    this.report = report;
    this.failures = 0;
    this.controller = new AbortController();
    this.wake = undefined;
    this.onVisibility = () => document.hidden || this.hurry();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.#run();
  }

  /** Sets the milliseconds between two rounds; 0 pauses. */
  setPeriod(period) {
    this.period = period;
    this.hurry();
  }

  /** Ends the pause. */
  hurry() {
    this.wake?.();
  }

  stop() {
    this.controller.abort();
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.hurry();
  }

  async #run() {
    const { signal } = this.controller;
    let isFirst = true;
    while (!signal.aborted) {
      if (!document.hidden && (this.period > 0 || this.failures > 0 || isFirst || this.isRequested)) {
        isFirst = false;
        this.isRequested = false;
        try {
          await this.work(signal);
          this.failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          this.failures += 1;
          this.error = error;
        }
        if (signal.aborted) return;
      }
      const pause = this.failures === 0 ? this.period : Math.min(longestPause, Math.max(this.period, 500 * 2 ** this.failures));
      this.report({ failures: this.failures, pause, error: this.error });
      if (this.isRequested && !document.hidden) continue;
      await new Promise((resolve) => {
        const timer = document.hidden || pause === 0 ? undefined : setTimeout(resolve, pause);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
  }

  /** Starts a round at once, also when paused. */
  runNow() {
    this.isRequested = true;
    this.hurry();
  }
}
