// The same statements at MariaDB 10.11 and at pretended servers of it.

import { conforms } from './support/compare.ts';

conforms('mariadb');
