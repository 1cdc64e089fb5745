/** Keys that say where audited operations are recorded (spec 2.19). */
import { accepted, implemented } from '../key-declaration.ts';

export const auditKeys = {
  AuditLogFile: accepted('string', '', {
    reload: 'dynamic',
    meaning: 'File to which one line is appended for each audited operation.',
  }),
  AuditToSyslog: accepted('bool', false, { reload: 'start', meaning: 'Send audit records to syslog.' }),
  AuditToBackendDB: accepted('bool', false, { reload: 'dynamic', meaning: 'Store audit records in the backend.' }),
  AuditPurgeDays: implemented('uint', 7, {
    unit: 'days',
    reload: 'dynamic',
    meaning: 'How long audit records, detections and recoveries are kept in the backend.',
  }),
};
