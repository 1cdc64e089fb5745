// The same statements at MySQL 9.7 and at pretended servers of it.

import { conforms } from './support/compare.ts';

conforms('mysql');
