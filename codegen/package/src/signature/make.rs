//! Signatures as the tools of Dynatrace write them, to the byte.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{OctetString, SetOfVec};
use der::{Any, Encode as _};
use rsa::sha2::Sha256;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{DATA, LABEL, RSA, SHA256, SIGNED_DATA, SignatureError};
use crate::certificate::Certificate;
use crate::key::PrivateKey;
use crate::pem;

/// Signs the content itself, without attributes. There is no time in it, so
/// that the same content gives the same signature.
pub(crate) fn make(
    content: &[u8],
    key: &PrivateKey,
    certificate: &Certificate,
) -> Result<Vec<u8>, SignatureError> {
    let signature = key.0.pkcs1v15_sign::<Sha256>(content);
    let signature = signature.map_err(|error| SignatureError::Making(error.to_string()))?;
    let whole = wrapped(signature, certificate).and_then(|whole| whole.to_der());
    let whole = whole.map_err(|error| SignatureError::Making(error.to_string()))?;
    Ok(pem::write(LABEL, &whole).as_bytes().to_vec())
}

fn wrapped(signature: Vec<u8>, certificate: &Certificate) -> der::Result<ContentInfo> {
    let sha256 = AlgorithmIdentifierOwned {
        oid: SHA256,
        parameters: None,
    };
    let content = certificate.0.tbs_certificate();
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: content.issuer().clone(),
            serial_number: content.serial_number().clone(),
        }),
        digest_alg: sha256.clone(),
        signed_attrs: None,
        signature_algorithm: AlgorithmIdentifierOwned {
            oid: RSA,
            parameters: Some(Any::null()),
        },
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificate = CertificateChoices::Certificate(certificate.0.clone());
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(vec![certificate])?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    Ok(ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&data)?,
    })
}
