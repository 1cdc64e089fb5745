/**
 * Who may log in. Passwords are not looked at: whoever opens a session has checked them, or does not care.
 */
export type Privilege = 'client' | 'privileged';

interface Account {
  readonly privilege: Privilege;
  isLocked: boolean;
}

/** As the sandbox makes them on its real servers (`src/sandbox/accounts.ts`). */
export const SANDBOX_ACCOUNTS: Readonly<Record<string, Privilege>> = {
  root: 'privileged',
  orc: 'privileged',
  repl: 'client',
  app: 'client',
};

export class Accounts {
  readonly #accounts: Map<string, Account>;

  constructor(privileges: Readonly<Record<string, Privilege>>) {
    this.#accounts = new Map(
      Object.entries(privileges).map(([name, privilege]) => [name, { privilege, isLocked: false }]),
    );
  }

  find(user: string): Readonly<Account> | null {
    return this.#accounts.get(user) ?? null;
  }

  add(user: string, privilege: Privilege): void {
    this.#accounts.set(user, { privilege, isLocked: false });
  }

  remove(user: string): void {
    this.#accounts.delete(user);
  }

  /** `ACCOUNT LOCK`: sessions that are open stay open. Nothing happens for an unknown one. */
  lock(user: string): void {
    this.#setLocked(user, true);
  }

  unlock(user: string): void {
    this.#setLocked(user, false);
  }

  #setLocked(user: string, isLocked: boolean): void {
    const account = this.#accounts.get(user);
    if (account !== undefined) account.isLocked = isLocked;
  }
}
