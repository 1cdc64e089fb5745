// Counts tests for the one line with which every run ends.

import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** `N passed, N failed`, and `, N skipped` when there are any. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Adds `more` to `total`. */
export function addCounts(total: TestCounts, more: TestCounts): void {
  total.passed += more.passed;
  total.failed += more.failed;
  total.skipped += more.skipped;
}

/** A vitest reporter that prints nothing; `counts` is right once the run has ended. */
export class CountingReporter implements Reporter {
  readonly counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    for (const module of modules) this.countModule(module);
    this.counts.failed += unhandledErrors.length;
    // Interrupted, or failed for a reason that no test shows: never a green line.
    if (reason !== 'passed' && this.counts.failed === 0) this.counts.failed = 1;
  }

  private countModule(module: TestModule): void {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') this.counts.passed++;
      else if (state === 'failed') this.counts.failed++;
      else this.counts.skipped++;
    }
    // A file that cannot be loaded, or a beforeAll that fails, has tests that never ran: that is a failure, not a skip.
    if (module.errors().length > 0) this.counts.failed++;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) this.counts.failed++;
  }
}
