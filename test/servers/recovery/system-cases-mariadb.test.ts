// The system cases of the contract; each family in a file of its own, so that they run beside each other.

import { systemCases } from '../support/system-cases.ts';

systemCases('mariadb');
