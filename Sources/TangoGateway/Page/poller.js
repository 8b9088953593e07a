// One request after another, never two at once, and none while nobody looks.

/** Longest pause between attempts at something that fails, in milliseconds. */
const longestPause = 15_000;

export class Poller {
  /**
   * @param work asks once; gets an AbortSignal. Throwing means to try again later, each time a little later.
   * @param report is told of every change: `{ failures, pause }`.
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

  /** Milliseconds between two requests; 0 pauses. */
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
      if (!document.hidden && (this.period > 0 || this.failures > 0 || isFirst || this.isAsked)) {
        isFirst = false;
        this.isAsked = false;
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
      if (this.isAsked && !document.hidden) continue;
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

  /** Asks once more, also when paused. */
  askNow() {
    this.isAsked = true;
    this.hurry();
  }
}
