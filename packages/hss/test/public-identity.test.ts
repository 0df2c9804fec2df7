import { describe, expect, test } from '@jest/globals';
import { normalizeIdentity } from '../src/public-identity.js';

describe('TS 23.003 13.4 public identities', () => {
  test.each([
    ['tel:+1-212-555-1111', 'tel:+12125551111'],
    ['TEL:+1.(212)555 1111', 'tel:+1212555 1111'],
    ['tel:911;phone-context=Home1.NET', 'tel:911;phone-context=home1.net'],
    ['sip:Alice@HOME1.net', 'sip:Alice@home1.net'],
    ['SIP:alice@home1.net;user=phone?Subject=x', 'sip:alice@home1.net'],
    ['sip:a;b@Home1.net:5070', 'sip:a;b@home1.net:5070'],
    ['sips:a@B', 'sips:a@b'],
    ['tel:+1-212!5(5|6)-?.*!', 'tel:+1212!5(5|6)-?.*!'],
    ['sip:list!a.(b)!@HOME1.net', 'sip:list!a.(b)!@home1.net'],
    ['urn:service:sos', 'urn:service:sos'],
    ['', ''],
  ])('%s is %s', (identity, normal) => {
    expect(normalizeIdentity(identity)).toBe(normal);
    expect(normalizeIdentity(normal)).toBe(normal);
  });
});
