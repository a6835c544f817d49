import type { Role, Station } from '@linepack/contracts';
import { UserRepository } from '@linepack/store';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '../settings/settings';
import { SETTINGS } from '../settings/settings.module';
import { Passwords } from './passwords';

export const DEMO_PASSWORD = 'linepack-demo';

const DEMO: readonly { userName: string; displayName: string; role: Role }[] = [
  { userName: 'dispatcher', displayName: '陈立', role: 'dispatcher' },
  { userName: 'chief', displayName: '王建国', role: 'chief' },
  { userName: 'metrology', displayName: '李敏', role: 'metrology' },
  { userName: 'station1', displayName: '赵强', role: 'stationChief' },
  { userName: 'maintainer', displayName: '孙悦', role: 'maintainer' },
  { userName: 'viewer', displayName: '周宁', role: 'viewer' },
];

/** The process must not go on: nobody could ever sign in. */
export class NoAdministrator extends Error {
  constructor() {
    super('There is no user yet. Set LINEPACK_ADMIN_PASSWORD (at least 10 characters) for the first start.');
  }
}

/** Makes the first accounts of a database that has none. */
@Injectable()
export class FirstUsers {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(UserRepository) private readonly users: UserRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  /**
   * @param stations of the network, null while there is none; the demo's station chief is bound to its first regulator
   *   station
   * @throws NoAdministrator when there is no user and none can be made
   */
  async ensure(stations: readonly Pick<Station, 'id' | 'kind'>[] | null): Promise<void> {
    if ((await this.users.count()) > 0) return;
    if (this.settings.accounts === 'demo') return stations ? this.makeDemo(stations) : undefined;
    const { administratorPassword } = this.settings;
    if (administratorPassword === null) throw new NoAdministrator();
    await this.users.addIfAbsent(
      { userName: 'admin', displayName: 'admin', role: 'maintainer', stations: null },
      await this.passwords.hash(administratorPassword),
    );
  }

  private async makeDemo(stations: readonly Pick<Station, 'id' | 'kind'>[]): Promise<void> {
    const own = stations.find(({ kind }) => kind === 'regulator');
    for (const user of DEMO)
      await this.users.addIfAbsent(
        { ...user, stations: user.role === 'stationChief' ? (own ? [own.id] : []) : null },
        await this.passwords.hash(DEMO_PASSWORD),
      );
  }
}
