import { nodeIdFault, topicFault } from './address';
import { TagAddress } from './index';

describe('the id of an OPC UA node (OPC 10000-6, 5.3.1.10)', () => {
  it.each([
    'ns=2;s=PT101',
    'ns=1;s=reg gaoxin.压力;a=b',
    'ns=0;i=2258',
    'i=85',
    'ns=65535;i=4294967295',
    'ns=2;g=09087e75-8e5e-499b-954f-f2a9603db28a',
    'ns=2;g=09087E75-8E5E-499B-954F-F2A9603DB28A',
    'ns=2;b=M/RbKBsRVkePCePcx24oRA==',
    `ns=2;s=${'x'.repeat(4_096)}`,
  ])('may be %.60s', (text) => {
    expect(nodeIdFault(text)).toBeNull();
  });

  it.each([
    ['PT2', /^expected an OPC UA node id/],
    ['', /^expected an OPC UA node id/],
    ['ns=2', /^expected an OPC UA node id/],
    ['ns=2;x=1', /^expected an OPC UA node id/],
    ['ns=-1;s=a', /^expected an OPC UA node id/],
    ['ns=;s=a', /^expected an OPC UA node id/],
    [' ns=2;s=a', /^expected an OPC UA node id/],
    ['ns=65536;s=a', /^expected a namespace index from 0 to 65535$/],
    ['ns=02;s=a', /^expected a namespace index from 0 to 65535$/],
    ['ns=2;i=abc', /^expected a number from 0 to 4294967295 after i=$/],
    ['ns=2;i=', /^expected a number/],
    ['ns=2;i=-1', /^expected a number/],
    ['ns=2;i=1.5', /^expected a number/],
    ['ns=2;i=4294967296', /^expected a number/],
    ['ns=2;i=0x10', /^expected a number/],
    ['ns=2;i=007', /^expected a number/],
    ['ns=0;i=0', /^expected a node, i=0 is none$/],
    ['i=0', /^expected a node, i=0 is none$/],
    ['ns=2;g=09087e75', /^expected a GUID after g=/],
    ['ns=2;g=09087e75-8e5e-499b-954f-f2a9603db28g', /^expected a GUID/],
    ['ns=2;g={09087e75-8e5e-499b-954f-f2a9603db28a}', /^expected a GUID/],
    ['ns=2;b=', /^expected base64 after b=$/],
    ['ns=2;b=M/Rb=', /^expected base64/],
    ['ns=2;b=a b=', /^expected base64/],
    ['ns=2;s=', /^expected the name of a node after s=$/],
    [`ns=2;s=${'x'.repeat(4_097)}`, /^expected at most 4096 characters/],
  ])('may not be %.60s', (text, fault) => {
    expect(nodeIdFault(text)).toMatch(fault);
  });
});

describe('the topic of a device (MQTT 5, 4.7)', () => {
  it.each(['a', 'yunze/cng-chengbei/rtu', 'a//b', '$SYS/broker/uptime', '站/设备 1', 'a/$share'])(
    'may be %s',
    (text) => {
      expect(topicFault(text)).toBeNull();
    },
  );

  it.each([
    ['', /^expected an MQTT topic$/],
    ['a/+/b', /without the wildcards/],
    ['a/#', /without the wildcards/],
    ['a+b', /without the wildcards/],
    ['$share/group/a', /not a shared subscription/],
    ['$queue/a', /not a shared subscription/],
    ['/a', /neither begins nor ends with a slash/],
    ['a/', /neither begins nor ends with a slash/],
    ['/', /neither begins nor ends with a slash/],
    ['压'.repeat(21_846), /^expected at most 65535 bytes$/],
  ])('may not be %.40s', (text, fault) => {
    expect(topicFault(text)).toMatch(fault);
  });
});

it('is refused with what is there instead', () => {
  const messages = (address: unknown) => TagAddress.safeParse(address).error?.issues.map((i) => i.message);
  expect(messages({ source: 'plc', node: 'ns=2;i=abc' })).toEqual([
    'expected a number from 0 to 4294967295 after i=, got "ns=2;i=abc"',
  ]);
  expect(messages({ source: 'rtu', topic: 'a/#', path: 'v' })).toEqual([
    'expected one topic, without the wildcards + and #, got "a/#"',
  ]);
  expect(messages({ source: 'rtu', topic: 'a\0b', path: 'v' })).toEqual([
    'expected text without NUL or half characters',
  ]);
});
