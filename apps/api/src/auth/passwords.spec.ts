import { Passwords } from './passwords';

const passwords = new Passwords();

describe('passwords', () => {
  it('match their own hash only, each hash with its own salt', async () => {
    const [one, other] = [await passwords.hash('管存-2026-密码'), await passwords.hash('管存-2026-密码')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await passwords.matches(one, '管存-2026-密码')).toBe(true);
    expect(await passwords.matches(one, '管存-2026-密码 ')).toBe(false);
  });

  it('are the same however the keyboard composed them', async () => {
    const hash = await passwords.hash('caf\u00e9-caf\u00e9');
    expect(await passwords.matches(hash, 'cafe\u0301-cafe\u0301')).toBe(true);
  });

  it('match nobody who does not exist', async () => {
    expect(await passwords.matchNobody('anything')).toBe(false);
  });

  it('refuse a hash of another kind', async () => {
    await expect(passwords.matches('$2b$10$x', 'x')).rejects.toThrow(/expected argon2id/);
  });

  it('are all checked, though only two at a time', async () => {
    const hash = await passwords.hash('the-right-one');
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, i) => passwords.matches(hash, i === 7 ? 'the-right-one' : `wrong ${i}`)),
    );
    expect(answers.map((matched, i) => (matched ? i : -1)).filter((i) => i >= 0)).toEqual([7]);
  });
});
