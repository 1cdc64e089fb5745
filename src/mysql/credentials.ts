/** The account for managed servers. Never logged, never in an answer. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}
