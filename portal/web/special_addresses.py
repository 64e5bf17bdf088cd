"""Blocks of addresses with a purpose of their own: the two registries of IANA, and what is special though they have it not.

https://www.iana.org/assignments/iana-ipv4-special-registry/ and …/iana-ipv6-special-registry/, as they were on REGISTRIES_OF.
To bring them up to date: compare the rows with the registries' CSV files, add what is new, and set the date.
"""

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network

#: when IANA last changed the registries that the rows were read from
REGISTRIES_OF = date(2025, 10, 9)
#: days after which `portal doctor` says that the registries should be read again
FRESH_FOR = 3 * 365

# block, whether the registry calls it globally reachable (what it says nothing of is not), name, source, since when
_IPV4 = """
0.0.0.0/8           no   this network                        RFC 791         1981-09
0.0.0.0/32          no   this host on this network           RFC 1122        1981-09
10.0.0.0/8          no   private use                         RFC 1918        1996-02
100.64.0.0/10       no   shared by a provider                RFC 6598        2012-04
127.0.0.0/8         no   loopback                            RFC 1122        1981-09
169.254.0.0/16      no   link-local                          RFC 3927        2005-05
172.16.0.0/12       no   private use                         RFC 1918        1996-02
192.0.0.0/24        no   protocol assignments                RFC 6890        2010-01
192.0.0.0/29        no   IPv4 service continuity             RFC 7335        2011-06
192.0.0.8/32        no   IPv4 dummy address                  RFC 7600        2015-03
192.0.0.9/32        yes  port control protocol               RFC 7723        2015-10
192.0.0.10/32       yes  TURN                                RFC 8155        2017-02
192.0.0.170/32      no   discovery of NAT64                  RFC 8880        2013-02
192.0.0.171/32      no   discovery of NAT64                  RFC 8880        2013-02
192.0.2.0/24        no   examples                            RFC 5737        2010-01
192.31.196.0/24     yes  AS112                               RFC 7535        2014-12
192.52.193.0/24     yes  AMT                                 RFC 7450        2014-12
192.88.99.0/24      no   relays of 6to4, ended               RFC 7526        2001-06
192.88.99.2/32      no   relays of 6a44                      RFC 6751        2012-10
192.168.0.0/16      no   private use                         RFC 1918        1996-02
192.175.48.0/24     yes  AS112, delegated                    RFC 7534        1996-01
198.18.0.0/15       no   benchmarks                          RFC 2544        1999-03
198.51.100.0/24     no   examples                            RFC 5737        2010-01
203.0.113.0/24      no   examples                            RFC 5737        2010-01
240.0.0.0/4         no   reserved                            RFC 1112        1989-08
255.255.255.255/32  no   broadcast                           RFC 919         1984-10
"""
_IPV6 = """
::1/128             no   loopback                            RFC 4291        2006-02
::/128              no   unspecified                         RFC 4291        2006-02
::ffff:0:0/96       no   IPv4, mapped                        RFC 4291        2006-02
64:ff9b::/96        yes  IPv4, translated (NAT64)            RFC 6052        2010-10
64:ff9b:1::/48      no   IPv4, translated in a network       RFC 8215        2017-06
100::/64            no   discard only                        RFC 6666        2012-06
100:0:0:1::/64      no   dummy prefix                        RFC 9780        2025-04
2001::/23           no   protocol assignments                RFC 2928        2000-09
2001::/32           no   Teredo                              RFC 4380        2006-01
2001:1::1/128       yes  port control protocol               RFC 7723        2015-10
2001:1::2/128       yes  TURN                                RFC 8155        2017-02
2001:1::3/128       yes  service registration protocol       RFC 9665        2024-04
2001:2::/48         no   benchmarks                          RFC 5180        2008-04
2001:3::/32         yes  AMT                                 RFC 7450        2014-12
2001:4:112::/48     yes  AS112                               RFC 7535        2014-12
2001:10::/28        no   ORCHID, ended                       RFC 4843        2007-03
2001:20::/28        yes  ORCHIDv2                            RFC 7343        2014-07
2001:30::/28        yes  drone identifiers                   RFC 9374        2022-12
2001:db8::/32       no   examples                            RFC 3849        2004-07
2002::/16           no   6to4                                RFC 3056        2001-02
2620:4f:8000::/48   yes  AS112, delegated                    RFC 7534        2011-05
3fff::/20           no   examples                            RFC 9637        2024-07
5f00::/16           no   segment routing                     RFC 9602        2024-04
fc00::/7            no   unique local                        RFC 4193        2005-10
fe80::/10           no   link-local                          RFC 4291        2006-02
"""
# In other registries of IANA, or nobody's but one provider's.
_OTHERS = """
224.0.0.0/4         no   multicast                           RFC 5771        1989-08
168.63.129.16/32    no   the host of a machine in Azure      Microsoft       2015-05
::/96               no   IPv4, compatible, ended             RFC 4291        2006-02
::ffff:0:0:0/96     no   IPv4, translated, ended             RFC 2765        2000-02
fec0::/10           no   site-local, ended                   RFC 3879        2004-09
ff00::/8            no   multicast                           RFC 4291        2006-02
"""


@dataclass(frozen=True)
class Block:
    """`since` is the month in which it was given this purpose, as `2006-02`."""

    network: IPv4Network | IPv6Network
    reachable: bool
    name: str
    source: str
    since: str


def _read(row: str) -> Block:
    network, reachable, rest = row.split(maxsplit=2)
    name, source, since = (part.strip() for part in rest.split("  ") if part.strip())
    return Block(ip_network(network), reachable == "yes", name, source, since)


#: the smallest first, so that the first that holds an address is the one that speaks of it
BLOCKS = sorted(
    (_read(row) for row in (_IPV4 + _IPV6 + _OTHERS).splitlines() if row),
    key=lambda block: block.network.prefixlen,
    reverse=True,
)


def are_fresh(today: date) -> bool:
    """Whether the registries were read lately enough."""
    return (today - REGISTRIES_OF).days <= FRESH_FOR
