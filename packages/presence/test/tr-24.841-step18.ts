/** The body of TR 24.841 table 6.1.1-18, without the stray space at the end of its entity. */
export const TR_STEP_18 = `<?xml version="1.0" encoding="UTF-8"?>
   <presence xmlns="urn:ietf:params:xml:ns:cpim-pidf"
        xmlns:im="urn:ietf:params:xml:ns:cpim-pidf:im"
        entity="pres:user2_public1@home2.net">
     <tuple id="mobile-im">
       <status>
         <basic>open</basic>
         <im:im>busy</im:im>
       </status>
       <contact priority="0.8">im:user2_public1@home2.net</contact>
       <note xml:lang="en">Don't Disturb Please!</note>
       <note xml:lang="fr">Ne derangez pas, s'il vous plait</note>
       <timestamp>2001-10-27T16:49:29Z</timestamp>
     </tuple>
     <tuple id="phone">
       <status>
         <basic>open</basic>
       </status>
       <contact priority="1.0">tel:+1-212-555-2222</contact>
     </tuple>
     <note>I'll be in Tokyo next week</note>
   </presence>
`;

/** The same in RFC 3863's namespaces. */
export const TR_STEP_18_PIDF = TR_STEP_18.replaceAll('cpim-pidf', 'pidf');
