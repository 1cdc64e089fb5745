import { expect, it } from 'vitest';
import { newBackend } from '../temporary-backend.ts';

it('domain names of clusters are read as another program wrote them', async () => {
  const { backend, byHand } = await newBackend();
  byHand.exec("insert into cluster_domain_name values ('db1:3306', 'shop.db.example', '2026-03-01 12:00:00')");
  expect([...(await backend.loadClusterDomains())]).toEqual([['db1:3306', 'shop.db.example']]);
});
