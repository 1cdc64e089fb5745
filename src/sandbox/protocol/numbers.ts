// The numbers of the MySQL client/server protocol that the door speaks. Source: "MySQL Internals: Client/Server Protocol" of the MySQL source
// documentation, and "Error Messages" of the MySQL manual.

/** Capability flags: what server and client tell each other they can do. */
export const capability = {
  longPassword: 0x1,
  foundRows: 0x2,
  longFlag: 0x4,
  connectWithDatabase: 0x8,
  protocol41: 0x200,
  interactive: 0x400,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiStatements: 0x1_0000,
  multiResults: 0x2_0000,
  pluginAuth: 0x8_0000,
  connectAttributes: 0x10_0000,
  pluginAuthTokenLengthEncoded: 0x20_0000,
} as const;

/** Status flags of OK and EOF packets. */
export const status = {
  autocommit: 0x2,
  moreResultsExist: 0x8,
} as const;

/** First byte of a command packet. */
export const command = {
  quit: 0x01,
  initDatabase: 0x02,
  query: 0x03,
  ping: 0x0e,
  statementSendLongData: 0x18,
  statementClose: 0x19,
  resetConnection: 0x1f,
} as const;

export const columnType = {
  longLong: 0x08,
  varString: 0xfd,
} as const;

export const characterSet = {
  utf8mb4: 45,
  binary: 63,
} as const;

/** A packet is a header (three bytes of length, one of sequence) and a payload. */
export const headerBytes = 4;

/** A payload of this length says that another packet continues it. We refuse those, so that this is also what no packet of ours may reach. */
export const continuedPayloadBytes = 0xff_ffff;

export const nativePassword = 'mysql_native_password';
