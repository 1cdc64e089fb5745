// A server that is asked again and again over one connection: what is measured must not be the cost of being asked.

import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { RunningServer } from './server.ts';

export interface KeptOpen extends Pick<RunningServer, 'family' | 'port'> {
  /** As the orchestrator account, on the connection that it has; on a new one after that has failed. */
  query(statement: string): Promise<RowDataPacket[]>;
  close(): void;
}

/** Opens the connection. */
export async function keepOpen(server: RunningServer): Promise<KeptOpen> {
  let kept: Connection | null = null;
  const close = () => {
    kept?.destroy();
    kept = null;
  };
  const open = async (): Promise<Connection> => {
    const opened = await server.connect();
    // Its end, while nobody asks anything, would end this process.
    opened.on('error', () => {
      if (kept === opened) close();
    });
    return opened;
  };
  kept = await open();
  return {
    family: server.family,
    port: server.port,
    close,
    async query(statement) {
      kept ??= await open();
      try {
        const [rows] = await kept.query(statement);
        return Array.isArray(rows) ? (rows as RowDataPacket[]) : [];
      } catch (error) {
        close();
        throw error;
      }
    },
  };
}
