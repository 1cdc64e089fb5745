/** Something that must not be, by the number of the invariant (design/scenarios.md, "Invariants"). */
export interface Violation {
  readonly invariant: number;
  readonly text: string;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Scenarios that came up and that the core does not handle yet, by their ids: what they leave behind is not held against it. */
  readonly pending: readonly string[];
}
